"""The sample newsroom: a small invented news world on loopback, on which a newcomer sees the nightly run work.

None of its publishers exists; what they report are real, well-known developments in this project's own words. It shows
what the real web does: syndicated copies, a corrected republication, a paywall, a consent wall, a page that is not there.
"""
