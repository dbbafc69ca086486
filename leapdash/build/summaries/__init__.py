"""Every summary table but those of effects."""
