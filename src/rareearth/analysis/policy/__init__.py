"""The chapter on policy: levers, price floor, first plants."""
