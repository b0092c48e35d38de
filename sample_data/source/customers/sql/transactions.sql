-- Orders by BG/NBD from the first one, a value by Gamma-Gamma, one or two products each; then the dirt.
CREATE OR REPLACE TEMP TABLE orders AS
WITH buyer AS (
    SELECT
        *,
        greatest(joined_on, p()."window".first)::TIMESTAMP
            + to_microseconds(microseconds(p().purchases.first_within_days * part(noise('first order', id, 0), 0)))
            AS first_at
    FROM person
    WHERE buys AND leaves_on > p()."window".first
),
lived AS (
    SELECT
        *,
        epoch_us(window_end()) - epoch_us(first_at) AS observed,
        -- A customer may drop out after each repeat, never after the first order.
        1 + floor(least(ln(part(noise('first order', id, 0), 1)) / ln(1 - dropout), 1e9))::BIGINT AS most
    FROM buyer
    WHERE first_at < window_end()
),
tried AS (
    SELECT *, unnest(range(1, least(most, tries(daily_rate * observed / 86400e6)) + 1)) AS k FROM lived
),
spaced AS (
    SELECT *, noise('order', id, k) AS n, sum(microseconds(-ln(part(n, 0)) / daily_rate)) OVER each AS since
    FROM tried
    WINDOW each AS (PARTITION BY id ORDER BY k ROWS UNBOUNDED PRECEDING)
)
SELECT id, customer_id, taste, nu, 0 AS k, noise('order', id, 0) AS n, first_at AS moment FROM lived
UNION ALL
SELECT id, customer_id, taste, nu, k, n, first_at + to_microseconds(since::BIGINT) AS moment
FROM spaced WHERE since < observed;

CREATE OR REPLACE TEMP TABLE line AS
WITH picked AS (
    SELECT
        *,
        list_aggregate([moment >= day FOR day IN getvariable('launches')]::INTEGER[], 'sum') * len(p().tastes) + taste AS row,
        getvariable('first_pick')[(row * 1000 + floor(part(n, 1) * 1000))::INTEGER + 1] AS first,
        getvariable('companion_pick')[((first - 1) * 1000 + floor(part(n, 2) * 1000))::INTEGER + 1] AS companion,
        getvariable('first_pick')[(row * 1000 + floor(part(n, 3) * 1000))::INTEGER + 1] AS by_taste,
        CASE companion WHEN -1 THEN by_taste ELSE companion END AS second,
        -- What is left of the number that picked the product is uniform too.
        part(n, 1) * 1000 - floor(part(n, 1) * 1000) AS way,
        greatest(round(gamma_4(noise('value', id, k)) / nu, 2), 0.02) AS value
    FROM orders
),
parted AS (
    SELECT
        *,
        second > 0 AND second <> first AS is_pair,
        getvariable('prices')[first] AS first_price,
        CASE WHEN is_pair THEN getvariable('prices')[second] ELSE 0 END AS second_price,
        greatest(round(value * first_price / (first_price + second_price), 2), 0.01) AS first_amount
    FROM picked
),
clean AS (
    SELECT id, customer_id, moment, k, 0 AS place, first AS product, first_amount AS amount, way FROM parted
    UNION ALL
    SELECT id, customer_id, moment, k, 1, second, greatest(round(value - first_amount, 2), 0.01), way FROM parted WHERE is_pair
)
SELECT
    id,
    customer_id,
    date_trunc('minute', moment) AS ordered_at,
    getvariable('product_ids')[product] AS product_id,
    1 AS quantity,
    amount,
    CASE WHEN way < 0.6 THEN 'web' WHEN way < 0.85 THEN 'phone' ELSE 'shop' END AS channel,
    'clean' AS kind,
    noise('dirt', id, 2 * k + place) AS n
FROM clean;

INSERT INTO line
SELECT id, customer_id, ordered_at, product_id, quantity, amount, channel, 'duplicates', n
FROM line WHERE part(n, 0) < p().dirt.duplicates
UNION ALL
SELECT id, NULL, ordered_at + INTERVAL 1 HOUR, product_id, quantity, amount, channel, 'without_customer', n
FROM line WHERE part(n, 1) < p().dirt.without_customer
    AND ordered_at + INTERVAL 1 HOUR < window_end()
UNION ALL
SELECT id, 'X' || substr(customer_id, 2), ordered_at + INTERVAL 1 HOUR, product_id, quantity, amount, channel,
    'unknown_customer', n
FROM line WHERE part(n, 2) < p().dirt.unknown_customer
    AND ordered_at + INTERVAL 1 HOUR < window_end()
UNION ALL
SELECT id, customer_id, ordered_at + INTERVAL 9 DAY, product_id, -1, -amount, channel, 'returns', n
FROM line WHERE part(n, 3) < p().dirt.returns AND ordered_at + INTERVAL 9 DAY < window_end()
UNION ALL
(
    SELECT id, customer_id, ordered_at + INTERVAL 5 YEAR, product_id, quantity, amount, channel, 'in_the_future', n
    FROM line WHERE getvariable('first_id') = 1
    ORDER BY customer_id, ordered_at, product_id LIMIT 1
);

CREATE OR REPLACE TEMP VIEW transactions AS
SELECT customer_id, ordered_at, product_id, quantity, amount, channel
FROM line ORDER BY id, ordered_at, product_id, quantity DESC, customer_id, kind;
