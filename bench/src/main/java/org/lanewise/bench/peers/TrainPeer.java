package org.lanewise.bench.peers;

import java.util.function.DoubleSupplier;

/** A library that trains networks. */
public interface TrainPeer extends Peer {

    /**
     * Builds a network with the given parameters and data.
     *
     * @param network the network
     * @return makes one training step, forward, loss, backward and SGD with the network's learning rate, and returns the loss
     */
    DoubleSupplier training(Network network);
}
