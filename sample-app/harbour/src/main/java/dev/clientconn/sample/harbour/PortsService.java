// SPDX-License-Identifier: Apache-2.0
package dev.clientconn.sample.harbour;

import dev.clientconn.sample.v1.GetPortRequest;
import dev.clientconn.sample.v1.ListPortsRequest;
import dev.clientconn.sample.v1.Port;
import dev.clientconn.sample.v1.PortCall;
import dev.clientconn.sample.v1.PortsGrpc;
import dev.clientconn.sample.v1.Position;
import dev.clientconn.sample.v1.Sighting;
import dev.clientconn.sample.v1.Voyage;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.regex.Pattern;
import org.springframework.grpc.server.service.GrpcService;

/** Implements the gRPC service, with one method for each kind of call. */
@GrpcService
class PortsService extends PortsGrpc.PortsImplBase {

  private static final Pattern LOCODE = Pattern.compile("[A-Z]{2}[A-Z2-9]{3}");

  private final PortCatalogue catalogue;

  PortsService(PortCatalogue catalogue) {
    this.catalogue = catalogue;
  }

  @Override
  public void getPort(GetPortRequest request, StreamObserver<Port> reply) {
    try {
      Port port = port(request.getLocode());
      reply.onNext(port);
      reply.onCompleted();
    } catch (StatusRuntimeException refusal) {
      reply.onError(refusal);
    }
  }

  @Override
  public void listPorts(ListPortsRequest request, StreamObserver<Port> replies) {
    try {
      matching(request).forEach(replies::onNext);
      replies.onCompleted();
    } catch (StatusRuntimeException refusal) {
      replies.onError(refusal);
    }
  }

  @Override
  public StreamObserver<PortCall> measureVoyage(StreamObserver<Voyage> reply) {
    VoyageLog log = new VoyageLog();
    return new RequestObserver<>(reply) {
      @Override
      void received(PortCall call) {
        log.callAt(port(call.getLocode()));
      }

      @Override
      void ended() {
        reply.onNext(log.summary());
      }
    };
  }

  @Override
  public StreamObserver<Position> follow(StreamObserver<Sighting> replies) {
    return new RequestObserver<>(replies) {
      @Override
      void received(Position position) {
        replies.onNext(sighting(position));
      }
    };
  }

  private List<Port> matching(ListPortsRequest request) {
    return switch (request.getFilterCase()) {
      case COUNTRY -> catalogue.inCountry(request.getCountry());
      case AREA -> {
        onEarth(request.getArea().getSouthWest());
        onEarth(request.getArea().getNorthEast());
        yield catalogue.within(request.getArea());
      }
      case FILTER_NOT_SET -> throw invalid("Say which ports: set country or area");
    };
  }

  private Sighting sighting(Position position) {
    Port nearest = catalogue.nearest(onEarth(position));
    return Sighting.newBuilder()
        .setPosition(position)
        .setNearest(nearest)
        .setNauticalMiles(GreatCircle.nauticalMiles(position, nearest.getPosition()))
        .build();
  }

  private Port port(String locode) {
    if (!LOCODE.matcher(locode).matches()) {
      throw invalid("'" + locode + "' is no UN/LOCODE: five capitals such as NLRTM");
    }
    return catalogue
        .find(locode)
        .orElseThrow(() -> Status.NOT_FOUND
            .withDescription("No port " + locode + " in the catalogue")
            .asRuntimeException());
  }

  private static Position onEarth(Position position) {
    if (Math.abs(position.getLatitude()) <= 90 && Math.abs(position.getLongitude()) <= 180) {
      return position;
    }
    throw invalid("Latitude must be within 90 and longitude within 180 degrees, not "
        + position.getLatitude() + ", " + position.getLongitude());
  }

  private static StatusRuntimeException invalid(String description) {
    return Status.INVALID_ARGUMENT.withDescription(description).asRuntimeException();
  }
}
