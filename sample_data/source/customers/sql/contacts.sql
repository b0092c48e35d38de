-- Whom each campaign drew, in which arm, when it reached them, and who responded.
CREATE OR REPLACE TEMP TABLE suited AS
SELECT
    person.*,
    campaign.*,
    audience.share,
    audience.response,
    noise(campaign_id, id, 0) AS n,
    part(n, 0) < audience.share AS is_drawn
FROM person
JOIN audience USING (spend_band, usage_band)
JOIN campaign USING (campaign_id)
WHERE NOT opted_out
    AND joined_on < reach_first
    AND leaves_on > reach_first + reach_days
    AND part(noise(wave, id, 0), 0) > wave_low AND part(noise(wave, id, 0), 0) <= wave_high;

CREATE OR REPLACE TEMP TABLE drawn AS
SELECT
    suited.*,
    arm.arm,
    arm.count,
    CASE suited.channel WHEN 'distributor' THEN distributors.distributor_id END AS distributor_id,
    CASE
        WHEN arm.arm = 'control' THEN 0
        WHEN arm.count IS NULL THEN effect.lift
            + effect.senior * (distributors.joined_on + to_years(p().distributors.senior_years) <= starts_on)::INTEGER
            + effect.high_commission * (distributors.commission_rate >= p().distributors.high_commission)::INTEGER
        ELSE fatigue.first * exp(-fatigue.wear * (arm.count - 1))
    END AS lift
FROM suited
JOIN arm ON arm.campaign_id = suited.campaign_id AND part(n, 1) > arm.low AND part(n, 1) <= arm.high
JOIN distributors ON distributors.number = suited.distributor
LEFT JOIN effect ON effect.campaign_id = suited.campaign_id AND effect.arm = arm.arm AND effect.spend_band = suited.spend_band
LEFT JOIN fatigue ON fatigue.spend_band = suited.spend_band
WHERE is_drawn AND NOT (arm.arm = 'control' AND part(noise(suited.campaign_id || ' lost', id, 0), 0) < control_lost);

CREATE OR REPLACE TEMP TABLE contact AS
WITH each AS (SELECT *, unnest(range(1, coalesce(count, 1) + 1)) AS k FROM drawn)
SELECT
    * EXCLUDE (n),
    noise(campaign_id || ' contact', id, k) AS n,
    reach_first + CASE
        WHEN count IS NULL THEN floor(part(n, 0) * reach_days)
        WHEN arm = 'control' THEN 0
        ELSE floor((k - 0.5) * (reach_days - 1) / count + 8 * (part(n, 0) - 0.5))
    END::INTEGER AS day,
    day + to_hours(9 + floor(part(n, 1) * 9)::INTEGER) AS contacted_at
FROM each;

CREATE OR REPLACE TEMP TABLE chance AS
SELECT campaign_id, id, customer_id, k, day, monthly_spend, amount, delay_days,
    CASE WHEN counted THEN lift ELSE response + lift END AS probability
FROM contact
UNION ALL
-- What customers do by themselves in the year of the counted contacts, once, whatever their arm.
SELECT campaign_id, id, customer_id, 0, reach_first + floor(part(n, 2) * reach_days)::INTEGER, monthly_spend, amount,
    delay_days, response
FROM drawn WHERE counted
UNION ALL
-- Where there is no control group, those not reached may respond as well.
SELECT campaign_id, id, customer_id, 0, reach_first + floor(part(n, 2) * reach_days)::INTEGER, monthly_spend, amount,
    delay_days, response
FROM suited WHERE NOT has_control AND NOT is_drawn;

CREATE OR REPLACE TEMP TABLE answer AS
WITH answered AS (
    SELECT *, noise(campaign_id || ' response', id, k) AS n FROM chance WHERE part(n, 0) < probability
)
SELECT
    campaign_id,
    customer_id,
    day + to_days(1 + floor(-ln(part(n, 1)) * delay_days)::INTEGER) + to_hours(8 + floor(part(n, 3) * 14)::INTEGER)
        AS responded_at,
    CASE WHEN part(n, 2) < getvariable('purchase_share') THEN 'purchase' ELSE 'enquiry' END AS kind,
    CASE kind WHEN 'purchase' THEN round(
        amount * monthly_spend / getvariable('mean_spend') * gamma_2(noise(campaign_id || ' amount', id, k), 0) / 2, 2
    ) ELSE 0 END::DOUBLE AS amount,
    k
FROM answered;

CREATE OR REPLACE TEMP VIEW contacts AS
SELECT campaign_id, customer_id, contacted_at, channel, arm, distributor_id,
    CASE arm WHEN 'control' THEN 0 ELSE cost_per_contact END::DOUBLE AS cost
FROM contact ORDER BY campaign_id, customer_id, contacted_at;

CREATE OR REPLACE TEMP VIEW responses AS
SELECT campaign_id, customer_id, responded_at, kind, amount
FROM answer WHERE responded_at < window_end() ORDER BY campaign_id, customer_id, responded_at, kind, amount;
