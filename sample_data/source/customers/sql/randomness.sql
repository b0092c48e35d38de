-- Four uniform numbers by (seed, purpose, id, k): the MD5 digest as a little-endian integer, 32 bits a part.
CREATE OR REPLACE MACRO noise(purpose, id, k) AS md5_number(concat_ws(':', getvariable('seed'), purpose, id, k));
CREATE OR REPLACE MACRO part(n, j) AS
    (((n >> (32 * j)::UHUGEINT) & 4294967295::UHUGEINT)::DOUBLE + 0.5) / 4294967296;
-- Gamma draws of unit scale: a half is half a squared normal (Box and Muller), a whole is a sum of exponentials.
CREATE OR REPLACE MACRO gamma_half(n, j) AS -ln(part(n, j)) * pow(cos(2 * pi() * part(n, j + 1)), 2);
CREATE OR REPLACE MACRO gamma_2(n, j) AS -ln(part(n, j)) - ln(part(n, j + 1));
CREATE OR REPLACE MACRO gamma_3(n) AS gamma_2(n, 0) - ln(part(n, 2));
CREATE OR REPLACE MACRO gamma_4(n) AS gamma_2(n, 0) + gamma_2(n, 2);
CREATE OR REPLACE MACRO day_within(first, last, u) AS first + floor(u * (last - first + 1))::INTEGER;
-- A stretch of days in whole microseconds, so that sums are exact whatever the order; some centuries at most.
CREATE OR REPLACE MACRO microseconds(days) AS (least(days, 100000) * 86400000000)::BIGINT;
-- So many exponential gaps are tried that a Poisson process of this mean outlasts them once in a thousand million.
CREATE OR REPLACE MACRO tries(mean) AS ceil(mean + 6 * sqrt(mean) + 8)::BIGINT;
