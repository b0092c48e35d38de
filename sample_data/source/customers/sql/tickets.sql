-- Tickets while a customer subscribes, and those that one campaign adds in the days after it.
CREATE OR REPLACE TEMP TABLE exposure AS
SELECT id, customer_id, 'tickets' AS purpose, ticket_rate / 30 AS daily_rate,
    greatest(joined_on, p()."window".first)::TIMESTAMP AS begins,
    least(leaves_on::TIMESTAMP, window_end()) AS ends
FROM person WHERE leaves_on > p()."window".first
UNION ALL
SELECT id, customer_id, 'raised tickets', (p().tickets.rate_ratio - 1) * ticket_rate / 30,
    contacted_at, least(contacted_at + to_days(p().tickets.days), leaves_on::TIMESTAMP)
FROM contact WHERE campaign_id = p().tickets.raised_by AND arm <> 'control';

CREATE OR REPLACE TEMP TABLE ticket AS
WITH tried AS (
    SELECT *, epoch_us(ends) - epoch_us(begins) AS observed,
        unnest(range(1, tries(daily_rate * observed / 86400e6) + 1)) AS k
    FROM exposure
),
spaced AS (
    SELECT *, noise(purpose, id, k) AS n, sum(microseconds(-ln(part(n, 0)) / daily_rate)) OVER each AS since
    FROM tried
    WINDOW each AS (PARTITION BY id, purpose ORDER BY k ROWS UNBOUNDED PRECEDING)
)
SELECT id, customer_id, date_trunc('minute', begins + to_microseconds(since::BIGINT)) AS opened_at,
    CASE purpose WHEN 'tickets' THEN topic.name ELSE p().tickets.raised_topic END AS topic
FROM spaced JOIN topic ON part(n, 1) > topic.low AND part(n, 1) <= topic.high
WHERE since < observed;

CREATE OR REPLACE TEMP VIEW tickets AS
SELECT 'T' || substr(customer_id, 2) || '-' || lpad(row_number() OVER (PARTITION BY id ORDER BY opened_at, topic)::VARCHAR, 2, '0')
        AS ticket_id,
    customer_id, opened_at, topic
FROM ticket ORDER BY ticket_id;
