"""Alerts by e-mail: all that wait in one message, signed in and encrypted unless the server is this machine."""

from __future__ import annotations

import hashlib
import smtplib
import ssl
from collections.abc import Mapping, Sequence
from email.message import EmailMessage
from email.utils import formatdate

from lifeworth.monitoring.outbox import Message, NotTakenError
from lifeworth.monitoring.words import in_full, in_short
from lifeworth.settings import ToMail


def by_mail(
    to: ToMail, messages: Sequence[Message], environment: Mapping[str, str], context: ssl.SSLContext | None = None
) -> list[str]:
    """Send messages as one e-mail.

    Args:
        to: The server, who it comes from and whom it goes to.
        messages: What to send.
        environment: Where the password is.
        context: Whose certificates are trusted; by default those of this machine.

    Raises:
        NotTakenError: if the server did not take it, or not for everybody.
    """
    password = environment.get(to.password_env, "") if to.password_env else ""
    if to.user and not password:
        raise NotTakenError(
            f"The variable {to.password_env} of the environment is empty; it holds the password of {to.user}"
        )
    mail = compose(to, messages)
    trusted = context or ssl.create_default_context()
    try:
        with _server(to, trusted) as server:
            if to.security == "starttls":
                server.starttls(context=trusted)
            if to.user:
                server.login(to.user, password)
            refused = server.send_message(mail)
    except smtplib.SMTPAuthenticationError as error:
        # What the server says of a sign-in may repeat what was handed in.
        raise NotTakenError(f"{to.host} did not let {to.user} sign in ({error.smtp_code})") from None
    except (OSError, smtplib.SMTPException) as error:
        raise NotTakenError(f"{to.host}:{to.port} did not take the e-mail: {_without(str(error), password)}") from None
    taken = [one.delivery_id for one in messages]
    if refused:
        # The others have it; to send it again would be to send it to them twice.
        raise NotTakenError(f"{to.host} took the e-mail, but not for {', '.join(sorted(refused))}", taken)
    return taken


def compose(to: ToMail, messages: Sequence[Message]) -> EmailMessage:
    """The e-mail: the gravest in the subject, all of them in full in the text."""
    mail = EmailMessage()
    first, more = messages[0].said, len(messages) - 1
    mail["Subject"] = f"[Lifeworth] {in_short(first)}" + (f" and {more} more" if more else "")
    mail["From"], mail["To"] = to.sender, ", ".join(to.to)
    mail["Date"] = formatdate()
    number = hashlib.sha256("".join(one.delivery_id for one in messages).encode()).hexdigest()[:32]
    mail["Message-ID"] = f"<{number}@{to.sender.rpartition('@')[2]}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content("\n\n".join(in_full(one.said) for one in messages) + "\n")
    return mail


def _server(to: ToMail, context: ssl.SSLContext) -> smtplib.SMTP:
    if to.security == "ssl":
        return smtplib.SMTP_SSL(to.host, to.port, timeout=to.timeout, context=context)
    return smtplib.SMTP(to.host, to.port, timeout=to.timeout)


def _without(text: str, secret: str) -> str:
    return text.replace(secret, "…") if secret else text
