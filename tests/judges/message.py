"""Message files -> what Python's `email` package finds wrong in them, a line each; nothing where all are well."""

import email
import email.policy
import sys

for path in sys.argv[1:]:
    with open(path, "rb") as file:
        try:
            message = email.message_from_binary_file(file, policy=email.policy.strict + email.policy.SMTP)
        except email.errors.MessageError as error:
            print(f"{path}: {error!r}")
            continue
    for part in message.walk():
        defects = list(part.defects)
        for name, value in part.items():
            defects += value.defects
        if not part.is_multipart() and part.get_content_maintype() == "text":
            part.get_content()
        for defect in defects:
            print(f"{path}: {part.get_content_type()}: {defect!r}")
