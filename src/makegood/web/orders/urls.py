"""Addresses: the Order List and orders."""

from django.urls import path

from makegood.web.orders import change_pages, list_pages, order_pages

urlpatterns = [
    path("orders", list_pages.show, name="orders"),
    path("orders/count", list_pages.count, name="orders-count"),
    path("orders.csv", list_pages.export, name="orders-csv"),
    path("orders/<int:pk>", order_pages.show, name="order"),
    path("orders/<int:pk>/address", change_pages.edit_address, name="order-address"),
    path("orders/<int:pk>/price", change_pages.edit_price, name="order-price"),
    path("orders/<int:pk>/suspend", change_pages.suspend, name="order-suspend"),
    path("orders/<int:pk>/resume", change_pages.resume, name="order-resume"),
    path("orders/<int:pk>/terminate", change_pages.terminate, name="order-terminate"),
    path("orders/<int:pk>/keep", change_pages.keep, name="order-keep"),
    path("orders/<int:pk>/replaced", change_pages.edit_successor, name="order-replaced"),
    path("customers/<int:pk>/orders/new", change_pages.add, name="customer-order-new"),
]
