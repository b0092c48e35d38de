-- The same people as three source systems wrote them down; the only table with names, e-mails and telephones.
CREATE OR REPLACE MACRO pick(list, u) AS list[1 + floor(u * len(list))::INTEGER];
CREATE OR REPLACE MACRO address(n) AS pick(getvariable('streets'), part(n, 0)) || ' ' || (1 + floor(part(n, 1) * 90)::INTEGER)::VARCHAR;
CREATE OR REPLACE MACRO postcode_of(n) AS '00' || lpad(floor(part(n, 2) * 1000)::INTEGER::VARCHAR, 3, '0');
CREATE OR REPLACE MACRO spot(word, v) AS 2 + floor(v * (length(word) - 2))::INTEGER;
-- One letter doubled, lost, or changed places with the next, never the first.
CREATE OR REPLACE MACRO misspelt(word, u, v) AS CASE
    WHEN u < 0.34 THEN left(word, spot(word, v)) || substr(word, spot(word, v))
    WHEN u < 0.67 THEN left(word, spot(word, v) - 1) || substr(word, spot(word, v) + 1)
    ELSE left(word, spot(word, v) - 1) || substr(word, spot(word, v) + 1, 1) || substr(word, spot(word, v), 1)
        || substr(word, spot(word, v) + 2)
END;

CREATE OR REPLACE TEMP TABLE record AS
WITH home AS (
    SELECT id, customer_id, age_band,
        -- An odd customer may live with the one before.
        CASE WHEN id % 2 = 1 AND id > 1 AND part(noise('household', id, 0), 0) < p().source_records.shares_household
            THEN id - 1 ELSE id END AS home_id,
        noise('person', id, 0) AS who
    FROM person WHERE id <= getvariable('recorded')
),
named AS (
    SELECT *,
        noise('home', home_id, 0) AS place,
        pick(getvariable('given'), part(who, 0)) AS given,
        pick(getvariable('family'), part(place, 3)) AS family,
        lower(strip_accents(given || '.' || family)) || floor(part(who, 1) * 1000)::INTEGER::VARCHAR AS mailbox,
        1935 + floor(part(who, 2) * 70)::INTEGER AS birth_year,
        '+999 ' || lpad(floor(part(who, 3) * 1000000000)::BIGINT::VARCHAR, 9, '0') AS phone
    FROM home
),
copied AS (
    SELECT named.*, system.*, copy,
        noise(source, id, 3 * copy) AS n, noise(source, id, 3 * copy + 1) AS m, noise(source, id, 3 * copy + 2) AS o
    FROM named CROSS JOIN system CROSS JOIN range(0, 2) AS copies(copy)
    WHERE part(noise(source, id, -1), 0) < kept
        AND (copy = 0 OR (source = 'web_shop' AND part(noise(source, id, -1), 1) < p().source_records.twice_in_web_shop))
)
SELECT
    source,
    -- A multiple modulo a prime: one number a record, in an order that tells nothing.
    prefix || lpad((((2 * id + copy) * multiplier) % 99999989)::VARCHAR, 8, '0') AS source_id,
    CASE WHEN part(n, 0) < initial_only THEN left(given, 1) || '.' ELSE given END || ' '
        || CASE WHEN part(n, 1) < wrong_letter THEN misspelt(family, part(n, 2), part(n, 3)) ELSE family END AS name,
    CASE
        WHEN part(m, 0) < no_email THEN NULL
        WHEN part(m, 1) < other_email THEN left(mailbox, 1) || lower(strip_accents(family)) || floor(part(m, 2) * 100)::INTEGER::VARCHAR
        ELSE mailbox
    END || '@example.org' AS email,
    CASE WHEN part(m, 3) >= no_phone THEN phone END AS phone,
    CASE WHEN part(o, 0) < moved THEN address(noise('moved', id, source)) ELSE address(place) END AS street,
    CASE WHEN part(o, 0) < moved THEN postcode_of(noise('moved', id, source)) ELSE postcode_of(place) END AS postcode,
    CASE WHEN part(o, 1) >= no_birth_year THEN birth_year END AS birth_year,
    customer_id
FROM copied;

CREATE OR REPLACE TEMP VIEW source_records AS
SELECT source, source_id, name, email, phone, street, postcode, birth_year FROM record ORDER BY source, source_id;
CREATE OR REPLACE TEMP VIEW truth_source_records AS
SELECT source, source_id, customer_id FROM record ORDER BY source, source_id;
