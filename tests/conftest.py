"""Settings of every test: a busy machine is no counterexample, and a counterexample prints how to see it again."""

from hypothesis import settings

settings.register_profile("tanfeng", deadline=None, print_blob=True)
settings.load_profile("tanfeng")
