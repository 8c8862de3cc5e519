NAME = "exact"
