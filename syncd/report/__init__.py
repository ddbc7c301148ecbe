"""Reconciliation: what TikTok paid back against what Shopify has."""
