// Command daprd is Dapr's own runtime, from its module, self-hosted and with one component: the secret store of
// Azure Key Vault.
//
// The release's main (cmd/daprd of the module) builds only with all components, some 140. They take most of its
// build, and none of the others reads a key vault. Options, configuration and what happens to a request are those
// of the module; metrics, profiling and the control plane are left out.
package main

import (
	"context"
	"fmt"
	"os"

	"github.com/dapr/components-contrib/secretstores/azure/keyvault"
	"github.com/dapr/dapr/cmd/daprd/options"
	"github.com/dapr/dapr/pkg/buildinfo"
	"github.com/dapr/dapr/pkg/components/bindings"
	"github.com/dapr/dapr/pkg/components/configuration"
	"github.com/dapr/dapr/pkg/components/conversation"
	"github.com/dapr/dapr/pkg/components/crypto"
	"github.com/dapr/dapr/pkg/components/lock"
	middleware "github.com/dapr/dapr/pkg/components/middleware/http"
	"github.com/dapr/dapr/pkg/components/nameresolution"
	"github.com/dapr/dapr/pkg/components/pubsub"
	"github.com/dapr/dapr/pkg/components/secretstores"
	"github.com/dapr/dapr/pkg/components/state"
	"github.com/dapr/dapr/pkg/healthz"
	"github.com/dapr/dapr/pkg/metrics"
	"github.com/dapr/dapr/pkg/modes"
	"github.com/dapr/dapr/pkg/runtime"
	"github.com/dapr/dapr/pkg/runtime/registry"
	"github.com/dapr/dapr/pkg/security"
	"github.com/dapr/kit/concurrency"
	"github.com/dapr/kit/logger"
	"github.com/dapr/kit/signals"
)

var log = logger.NewLogger("dapr.runtime")

func main() {
	given, err := options.New(os.Args[1:])
	if err != nil {
		log.Fatalf("Failed to parse flags: %v", err)
	}
	if given.RuntimeVersion {
		fmt.Println(buildinfo.Version())
		return
	}
	given.Logger.SetAppID(given.AppID)
	if err := logger.ApplyOptionsToLoggers(&given.Logger); err != nil {
		log.Fatal(err)
	}
	if err := run(signals.Context(), given); err != nil {
		log.Fatalf("Fatal error from runtime: %s", err) // the release's words: cmd/daprd/app/app.go
	}
}

func run(ctx context.Context, given *options.Options) error {
	health := healthz.New()
	provider, err := security.New(ctx, security.Options{
		AppID:                   given.AppID,
		ControlPlaneNamespace:   given.ControlPlaneNamespace,
		ControlPlaneTrustDomain: given.ControlPlaneTrustDomain,
		Healthz:                 health,
		Mode:                    modes.StandaloneMode,
	})
	if err != nil {
		return err
	}
	start := func(ctx context.Context) error {
		handler, err := provider.Handler(ctx)
		if err != nil {
			return err
		}
		sidecar, err := runtime.FromConfig(ctx, config(given, health, handler))
		if err != nil {
			return err
		}
		return sidecar.Run(ctx)
	}
	return concurrency.NewRunnerManager(provider.Run, start).Run(ctx)
}

func config(given *options.Options, health healthz.Healthz, handler security.Handler) *runtime.Config {
	return &runtime.Config{
		ActorsDisseminationTimeout:    given.ActorsDisseminationTimeout,
		AllowedOrigins:                given.AllowedOrigins,
		AppBindingOptionsTimeout:      given.AppBindingOptionsTimeout,
		AppChannelAddress:             given.AppChannelAddress,
		AppHealthProbeInterval:        given.AppHealthProbeInterval,
		AppHealthProbeTimeout:         given.AppHealthProbeTimeout,
		AppHealthThreshold:            given.AppHealthThreshold,
		AppID:                         given.AppID,
		AppMaxConcurrency:             given.AppMaxConcurrency,
		ApplicationPort:               given.AppPort,
		AppProtocol:                   given.AppProtocol,
		Config:                        given.Config,
		DaprAPIGRPCPort:               given.DaprAPIGRPCPort,
		DaprAPIListenAddresses:        given.DaprAPIListenAddresses,
		DaprGracefulShutdownSeconds:   given.DaprGracefulShutdownSeconds,
		DaprHTTPPort:                  given.DaprHTTPPort,
		DaprInternalGRPCListenAddress: given.DaprInternalGRPCListenAddress,
		DaprInternalGRPCPort:          given.DaprInternalGRPCPort,
		DisableBuiltinK8sSecretStore:  given.DisableBuiltinK8sSecretStore,
		Healthz:                       health,
		MaxRequestSize:                given.MaxRequestSize,
		Metrics:                       metrics.Options{Healthz: health, Log: log},
		Mode:                          string(modes.StandaloneMode),
		ProfilePort:                   given.ProfilePort,
		ReadBufferSize:                given.ReadBufferSize,
		Registry:                      components(),
		ResourcesPath:                 given.ResourcesPath,
		SchedulerStreams:              given.SchedulerJobStreams,
		Security:                      handler,
	}
}

func components() *registry.Options {
	stores := secretstores.NewRegistry()
	stores.Logger = logger.NewLogger("dapr.contrib")
	stores.RegisterComponent(keyvault.NewAzureKeyvaultSecretStore, "azure.keyvault")
	return registry.NewOptions().
		WithSecretStores(stores).
		WithBindings(bindings.NewRegistry()).
		WithConfigurations(configuration.NewRegistry()).
		WithConversations(conversation.NewRegistry()).
		WithCryptoProviders(crypto.NewRegistry()).
		WithHTTPMiddlewares(middleware.NewRegistry()).
		WithLocks(lock.NewRegistry()).
		WithNameResolutions(nameresolution.NewRegistry()).
		WithPubSubs(pubsub.NewRegistry()).
		WithStateStores(state.NewRegistry())
}
