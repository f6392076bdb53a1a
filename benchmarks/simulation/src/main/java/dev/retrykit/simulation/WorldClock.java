package dev.retrykit.simulation;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;

/** The time of a world, for others' libraries. */
final class WorldClock extends Clock {

    private final World world;

    WorldClock(World world) {
        this.world = world;
    }

    @Override
    public ZoneId getZone() {
        return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
        return this;
    }

    @Override
    public Instant instant() {
        return Instant.ofEpochMilli(Math.round(world.now()));
    }
}
