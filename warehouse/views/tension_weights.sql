-- What an act adds to the tension between two countries: positive where it is hostile, negative where it relaxes.
-- The idea of one number an act is that of Goldstein (1992), A Conflict-Cooperation Scale for WEIS Events Data, Journal of
-- Conflict Resolution 36(2), whose scale runs from -10 to +8.3 with conflict negative; here conflict is positive. Its
-- acts are those of armies and embassies: the figures below are this project's own judgement for acts of technology
-- policy, are no measurement, and are here to be replaced. An act only announced or considered counts for a part of it,
-- by status_share; one that is denied for nothing.
-- type: event type of the ontology
-- direction: tighten or ease, form, join or leave; empty where the type has none
-- weight: of one such act that is done, -10 to 10
-- reason: why it is weighed so
from (values
    ('SANCTION', 'tighten', 6.0, 'cuts named firms off, and is seldom undone'),
    ('SANCTION', 'ease', -5.0, 'takes firms off a list'),
    ('EXPORT_CONTROL', 'tighten', 5.0, 'keeps a technology or mineral from the other side'),
    ('EXPORT_CONTROL', 'ease', -4.0, 'gives some of it back, often for a time'),
    ('IMPORT_OR_USE_BAN', 'tighten', 4.0, 'shuts the other side''s products out'),
    ('IMPORT_OR_USE_BAN', 'ease', -4.0, 'lets them in again'),
    ('TARIFF', 'tighten', 4.0, 'makes trade dearer without stopping it'),
    ('TARIFF', 'ease', -4.0, 'makes it cheaper'),
    ('INVESTMENT_SCREENING', 'tighten', 4.0, 'stops capital, not goods'),
    ('INVESTMENT_SCREENING', 'ease', -3.0, 'clears a deal'),
    ('ENFORCEMENT', '', 3.0, 'a probe, suit or charge against one firm or person'),
    ('STATEMENT', '', 1.5, 'accuses, warns or demands: words'),
    ('LAW_OR_PLAN', '', 0.0, 'policy at home, aimed at nobody by itself'),
    ('PRODUCT', '', 0.0, 'competition is no act towards the other'),
    ('SUPPLY', '', -0.5, 'trade goes on'),
    ('FUNDING', '', -1.0, 'capital crosses the border'),
    ('ALLIANCE', 'form', -1.0, 'the two act together'),
    ('ALLIANCE', 'join', -1.0, 'the two act together'),
    ('ALLIANCE', 'leave', 1.0, 'they no longer do'),
    ('DIPLOMACY', '', -3.0, 'they meet, negotiate or agree')
) as weights(type, direction, weight, reason);
