"""What a bucket refuses, as errors of the system with a sentence for the operator.

FileNotFoundError      nothing is there
PermissionError        keys, clock, policy: trying again does not help, somebody must do something
OSError                away, busy, not as asked: to be tried again later
"""

import errno
import logging
import re

_CODE = re.compile(r"<Code>(\w{1,64})</Code>")
_STATUS = re.compile(r"status code: (\d{3})")
_SAYS = {
    "AccessDenied": "the bucket refuses these keys; its policy must allow s3:GetObject, s3:PutObject, s3:DeleteObject, "
    "s3:AbortMultipartUpload and s3:ListBucket",
    "InvalidAccessKeyId": "the bucket does not know AWS_ACCESS_KEY_ID",
    "SignatureDoesNotMatch": "AWS_SECRET_ACCESS_KEY does not fit AWS_ACCESS_KEY_ID",
    "ExpiredToken": "AWS_SESSION_TOKEN has expired",
    "InvalidToken": "AWS_SESSION_TOKEN is not valid",
    "RequestTimeTooSkewed": "this machine's clock is wrong by more than the bucket accepts; set it by NTP",
    "NoSuchBucket": "there is no such bucket; look at CLAPPER_DRIVE",
    "PermanentRedirect": "the bucket is in another region; set AWS_REGION to it",
    "AuthorizationHeaderMalformed": "the bucket is in another region; set AWS_REGION to it",
    "AuthorizationQueryParametersError": "the bucket is in another region; set AWS_REGION to it",
    "Refused": "the bucket refuses the request; look at AWS_REGION and the keys",
    "NotImplemented": "the store behind AWS_ENDPOINT_URL knows no conditional writes, which a Drive needs",
}
_BY_STATUS = {
    "301": "PermanentRedirect",
    "400": "Refused",
    "401": "AccessDenied",
    "403": "AccessDenied",
    "501": "NotImplemented",
}
_REDIRECTED = "redirect without LOCATION"  # as obstore 0.12 words a 301 of S3's, which names no address
_ROLE = re.compile(r"//169\.254\.|AssumeRole")  # where a machine, a task or a pod is told the keys of its role
_NO_ROLE = (
    "no keys are set, and this machine has no role that gives any; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
)

log = logging.getLogger(__name__)


def trouble(said: str, status: str = "") -> OSError:
    """The error that an answer is, or obstore's words for one. Its own words are neither kept nor logged: they hold signatures."""
    if _ROLE.search(said):
        return _refused(_NO_ROLE, "", "")
    code, found = _CODE.search(said), _STATUS.search(said)
    status = "301" if _REDIRECTED in said else status or (found[1] if found else "")
    name = code[1] if code else _BY_STATUS.get(status, "")
    if name in {"NoSuchKey", "NotFound"} or (not name and status == "404"):
        return FileNotFoundError("there is no such file on the Drive")
    if name in _SAYS:
        return _refused(_SAYS[name], name, status)
    facts = {"action": "files.away", "code": name, "status": status}
    log.warning("the Drive does not answer as it should", extra=facts)
    why = f" ({' '.join(filter(None, (status, name)))})" if status or name else ""
    return OSError(errno.EIO, f"The Drive cannot be reached just now{why}")


def _refused(say: str, name: str, status: str) -> PermissionError:
    log.warning("the Drive cannot be used: %s", say, extra={"action": "files.refused", "code": name, "status": status})
    return PermissionError(errno.EACCES, f"The Drive cannot be used: {say}")
