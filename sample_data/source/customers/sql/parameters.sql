-- What the source files say, by a short name; and the moment at which the data end.
CREATE OR REPLACE MACRO p() AS getvariable('p');
CREATE OR REPLACE MACRO window_end() AS p()."window".last + INTERVAL 1 DAY;
