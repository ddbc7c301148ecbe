"""Stand-ins of the TikTok Shop and the Shopify API that speak HTTP on loopback (extra `sandbox`)."""
