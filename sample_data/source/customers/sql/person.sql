-- A row a customer of this batch, with what nobody sees: rates, tastes, probabilities.
CREATE OR REPLACE TEMP TABLE person AS
WITH drawn AS (
    SELECT
        id,
        noise('subscription', id, 0) AS subscription,
        noise('place', id, 0) AS place,
        noise('age', id, 0) AS age,
        noise('monthly spend', id, 0) AS monthly,
        noise('usage', id, 0) AS usage,
        noise('rate', id, 0) AS rate,
        noise('dropout', id, 0) AS dropout,
        noise('order value', id, 0) AS order_value,
        noise('tickets', id, 0) AS tickets
    FROM range(getvariable('first_id'), getvariable('last_id') + 1) AS ids(id)
),
worked AS (
    SELECT
        *,
        day_within(p().joined.first, p().joined.last, part(subscription, 0)) AS joined_on,
        -- ln(1 - theta) = ln(u) / beta, because alpha is 1.
        1 + floor(p().subscription.beta * ln(part(subscription, 2)) / ln(part(subscription, 1))) AS months,
        round(p().monthly_spend.least + p().monthly_spend.scale * gamma_2(monthly, 0), 2) AS monthly_spend,
        p().usage.scale * gamma_3(usage) AS usage_mean,
        gamma_half(rate, 0) / p().purchases.alpha / 7 AS daily_rate,
        gamma_half(dropout, 0) AS dropout_a,
        gamma_half(dropout, 2) + gamma_4(noise('dropout', id, 1)) AS dropout_b,
        gamma_4(order_value) / p().spend_per_order.gamma AS nu,
        gamma_2(tickets, 0) * p().tickets.mean / 2 AS ticket_rate
    FROM drawn
)
SELECT
    id,
    'C' || lpad(id::VARCHAR, 7, '0') AS customer_id,
    joined_on,
    (joined_on + to_months(least(months, 1000)::INTEGER))::DATE AS leaves_on,
    CASE WHEN leaves_on <= p()."window".last THEN leaves_on END AS left_on,
    region.name AS region,
    age_band.name AS age_band,
    plan.name AS plan,
    monthly_spend,
    spend_band.name AS spend_band,
    usage_mean,
    usage_band.name AS usage_band,
    part(place, 2) < p().opted_out AS opted_out,
    1 + floor(part(place, 3) * p().distributors.count)::INTEGER AS distributor,
    taste.number AS taste,
    part(age, 2) < age_band.buys AS buys,
    daily_rate,
    dropout_a / (dropout_a + dropout_b) AS dropout,
    nu,
    ticket_rate
FROM worked
JOIN region ON part(place, 0) > region.low AND part(place, 0) <= region.high
JOIN plan ON part(place, 1) > plan.low AND part(place, 1) <= plan.high
JOIN age_band ON part(age, 0) > age_band.low AND part(age, 0) <= age_band.high
JOIN taste ON taste.age_band = age_band.name AND part(age, 1) > taste.low AND part(age, 1) <= taste.high
JOIN spend_band ON monthly_spend > spend_band.low AND monthly_spend <= spend_band.high
JOIN usage_band ON usage_mean > usage_band.low AND usage_mean <= usage_band.high;

CREATE OR REPLACE TEMP VIEW customers AS
SELECT customer_id, joined_on, left_on, region, age_band, plan, monthly_spend, spend_band, usage_band, opted_out
FROM person ORDER BY customer_id;
