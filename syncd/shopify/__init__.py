"""The Shopify side: logins, pacing, one client, its GraphQL documents, and answers as model objects."""
