"""Events out of read text: dates, amounts, who did what to whom, and on whose word."""
