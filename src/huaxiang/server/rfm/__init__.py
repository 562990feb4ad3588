"""The RFM page: eight classes, their thresholds, the grid of scores, and what to do with each class."""
