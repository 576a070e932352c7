"""What an enrolment leaves on this computer: the till's secrets, then what the service told.

Imported where a till enrols, in a worker thread.
"""

from __future__ import annotations

from merchant_app.central.address import ServiceAddress
from merchant_app.central.port import Enrolled
from merchant_app.settings.enrolment import EnrolledTill, EnrolmentStore
from merchant_app.settings.paths import Profile
from merchant_app.settings.secrets import SecretName, Secrets


def keep(
    profile: Profile,
    secrets: Secrets,
    address: ServiceAddress,
    enrolled: Enrolled,
    device_key: str,
) -> None:
    """This computer is a till from now on.

    Args:
        profile: whose till.
        secrets: of the till.
        address: the service's.
        enrolled: what it answered.
        device_key: the till's private key, hex; a secret.

    Raises:
        Problem: KEYRING_UNAVAILABLE, or the disk's.
    """
    # Secrets first: an enrolment on disk without its token would be a till that cannot speak.
    secrets.set(SecretName.DEVICE_KEY, device_key)
    secrets.set(SecretName.TILL_TOKEN, enrolled.token)
    secrets.set(SecretName.CODE_PEPPER, enrolled.pepper.hex())
    facts = enrolled.facts
    EnrolmentStore(profile.enrolment_file).save(
        EnrolledTill(
            service_url=address.base_url,
            till_id=facts.till_id,
            till_name=facts.till_name,
            shop_number=facts.shop.number,
            shop_name=facts.shop.name,
            shop_city=facts.shop.city,
            currency=facts.shop.currency,
            time_zone=facts.shop.time_zone,
            epoch_id=enrolled.epoch_id,
            issuer_keys=tuple((key.key_id, key.public_key) for key in facts.keys),
            service_key=facts.service_key,
            answer_wait_s=facts.policy.answer_wait_s,
            contact_every_s=facts.policy.contact_every_s,
            generation=facts.generation,
            previous_head=enrolled.previous_head,
            offline=facts.policy.offline,
        )
    )
