"""Records as bytes: Avro, by the schemas of the output topics."""
