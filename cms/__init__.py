"""The Django project: settings, urls, start-up and supervision, the admin's menu, home and branding."""
