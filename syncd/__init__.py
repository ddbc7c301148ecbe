"""syncd: TikTok Shop returns and refunds, carried over to Shopify."""

__version__ = "0.1.0"
