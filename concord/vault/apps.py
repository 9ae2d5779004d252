from django.apps import AppConfig


class VaultConfig(AppConfig):
    name = "concord.vault"

    def ready(self) -> None:
        from concord.names.tokens import lend_mac
        from concord.vault import environment

        lend_mac(environment.mac)
