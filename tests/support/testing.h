/// Registration of Qt Test classes, so that one executable holds all tests of a room.
/// In foo_test.cpp: a QObject class with Q_OBJECT and private Q_SLOTS, then CHOREIA_TEST(FooTest) and #include "foo_test.moc".
#pragma once

#include <QtTest/QtTest>

#include <functional>
#include <memory>
#include <vector>

namespace choreia::testing {

using Factory = std::function<std::unique_ptr<QObject>()>;

inline std::vector<Factory>& registry() {
    static std::vector<Factory> factories;
    return factories;
}

struct Registrar {
    explicit Registrar(Factory factory) { registry().push_back(std::move(factory)); }
};

}  // namespace choreia::testing

#define CHOREIA_TEST(Class)                                                                                                 \
    static const ::choreia::testing::Registrar registrar##Class([]() -> std::unique_ptr<QObject> { return std::make_unique<Class>(); });
