"""The published clients, our contracts and bad input, against `venire up`."""
