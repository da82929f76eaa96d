import logging

logger = logging.getLogger(__name__)


def handler(event, context):
    logger.info("dividing %s by %s for %s", event["a"], event["b"], context.get("user", "nobody"))
    return {"quotient": event["a"] / event["b"], "request_id": context.request_id}
