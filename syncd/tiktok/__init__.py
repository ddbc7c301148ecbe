"""TikTok Shop, read only: nothing in here can change anything there."""
