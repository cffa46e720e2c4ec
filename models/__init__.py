"""The encoder, the stance judge, the claim index and how they are trained and measured."""
