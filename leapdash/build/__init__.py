"""From the contract's input tables to its summary tables, in Ibis expressions."""
