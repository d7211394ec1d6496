"""The pages of filing and review: load, call one service, translate the refusal, render."""
