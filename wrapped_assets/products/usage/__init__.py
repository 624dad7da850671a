"""A customer's year of API requests, ingestion and storage."""
