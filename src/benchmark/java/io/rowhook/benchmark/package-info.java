/**
 * How fast the product is, beside Debezium Server with its HTTP sink and the bare Debezium engine,
 * in one run: {@code mvn -Pbenchmark}. {@link io.rowhook.benchmark.Benchmark} is where to start
 * reading.
 */
@NullMarked
package io.rowhook.benchmark;

import org.jspecify.annotations.NullMarked;
