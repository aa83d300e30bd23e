"""What is measured and stated: ``make bench``. One module an area; nothing here is a test."""
