-- Distributors; who has been with the company for long, and what they are paid, is drawn independently.
CREATE OR REPLACE TEMP TABLE distributors AS
SELECT
    number,
    'DIS-' || lpad(number::VARCHAR, 2, '0') AS distributor_id,
    day_within(p().distributors.joined.first, p().distributors.joined.last, part(noise('distributor', number, 0), 0)) AS joined_on,
    CASE WHEN part(noise('distributor', number, 0), 1) < 0.6 THEN 'shop' ELSE 'agent' END AS channel,
    round(p().distributors.commission[1] + part(noise('distributor', number, 0), 2)
        * (p().distributors.commission[2] - p().distributors.commission[1]), 3) AS commission_rate
FROM range(1, p().distributors.count + 1) AS numbers(number)
ORDER BY number;
