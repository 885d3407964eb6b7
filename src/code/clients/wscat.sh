# Settings: what to connect to, and what the API asks of its clients.
# End of settings.
