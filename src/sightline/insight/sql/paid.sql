-- Requests with whether they were billed otherwise than at the prices learnt; unknown where there is no price or no bill.
CREATE TABLE watched_paid ENGINE = Memory AS
SELECT *, toFloat32(if(t0 > 0 AND at_prices > 0, abs(log(t0 / at_prices)) > $off, nan)) AS paid
FROM (SELECT *, $expected AS at_prices FROM watched)
