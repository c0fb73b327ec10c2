"""From an editor's questions to a form on a page: definition, version, Django form, answers."""
