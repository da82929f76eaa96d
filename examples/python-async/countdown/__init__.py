import asyncio
import datetime

START = datetime.date(2000, 1, 1)


async def seconds_until(day):
    """How many seconds there are from the start of the millennium to a day."""
    await asyncio.sleep(0)
    return int((day - START).total_seconds())
