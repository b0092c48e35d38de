-- Gigabytes in each month that began with a subscription.
CREATE OR REPLACE TEMP VIEW usage AS
WITH months AS (
    SELECT unnest(generate_series(p()."window".first, p()."window".last, INTERVAL 1 MONTH))::DATE AS month
)
SELECT customer_id, month,
    round(usage_mean * p().usage.season[month(month)] * gamma_4(noise('usage', id, strftime(month, '%Y-%m'))) / 4)::DOUBLE
        AS amount
FROM person JOIN months ON joined_on <= month AND leaves_on > month
ORDER BY customer_id, month;
