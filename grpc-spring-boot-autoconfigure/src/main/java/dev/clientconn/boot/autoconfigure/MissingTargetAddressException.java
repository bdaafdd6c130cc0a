// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure;

/** A target is configured but nothing says where it is. */
public class MissingTargetAddressException extends GrpcClientConfigurationException {

  MissingTargetAddressException(String name) {
    super("The gRPC target '%s' has settings but no address.".formatted(name), """
        Say where it is:

            grpc:
              client:
                targets:
                  %s:
                    address: dns:///<host>:<port>

        If '%s' is no target of yours, look for a misspelt key below grpc.client.targets. In environment variables \
        dashes are left out: the target my-service is GRPC_CLIENT_TARGETS_MYSERVICE_ADDRESS.""".formatted(
            name, name));
  }
}
