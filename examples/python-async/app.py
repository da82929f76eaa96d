import asyncio
import datetime

from countdown import seconds_until


async def handler(event, context):
    days = [datetime.date.fromisoformat(day) for day in event["days"]]
    waits = await asyncio.gather(*(seconds_until(day) for day in days))
    # Dates become text, as ISO 8601 has it.
    return {"first": min(days), "seconds": dict(zip(event["days"], waits))}
