// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.boot.autoconfigure.discovery;

import java.util.List;
import org.springframework.cloud.client.ServiceInstance;

/** Looks up the instances of a service. It may block, throw anything, or never return. */
@FunctionalInterface
interface ServiceLookUp {

  List<ServiceInstance> instances(String service);
}
