-- A document ends once in a run: all but one of the sources that list its address end as duplicate_url or known.
select run_id, key, list_sort(list(reason)) as reasons from outcomes where reason not in ('duplicate_url', 'known')
group by 1, 2 having count(*) > 1
order by 1, 2
