"""Any choice of visits: its effect, its interval, the days it won back."""
