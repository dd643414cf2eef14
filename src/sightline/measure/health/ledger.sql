-- Everything that ever arrived, by signal and by what became of it.
SELECT signal, sum(received) AS received, sum(stored) AS stored, sum(duplicate) AS duplicate, sum(rejected) AS rejected
FROM ledger
GROUP BY signal
ORDER BY signal
