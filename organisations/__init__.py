"""The floor: organisation, user, membership and roles, scope, theme, media models, base viewsets."""
