"""How alerts reach people: a file, e-mail, a webhook."""
