"""County packs, institutions, departments, capability, memberships."""
